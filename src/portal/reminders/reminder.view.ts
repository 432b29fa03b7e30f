import type { InvoiceReminder } from './invoice-reminder.entity.js';
import type { AskedReminderView, ReminderView } from './reminder.dto.js';
import { stepName } from './reminder-steps.js';

/** Shows a reminder. */
export function reminderView(reminder: InvoiceReminder): ReminderView {
  return {
    id: reminder.id,
    step: stepName(reminder.offsetDays),
    due_on: reminder.dueOn,
    state: reminder.state,
    reason: reminder.reason,
    emailed_to: reminder.emailedTo,
    asked_by: reminder.askedBy,
    link_id: reminder.linkId,
    next_attempt_at: reminder.state === 'queued' ? reminder.nextAttemptAt.toISOString() : null,
    created_at: reminder.createdAt.toISOString(),
    sent_at: reminder.sentAt?.toISOString() ?? null,
  };
}

/** Shows a reminder that was asked for, or the one that stands for it. */
export function askedReminderView(reminder: InvoiceReminder): AskedReminderView {
  return {
    status: reminder.state,
    reminder_id: reminder.id,
    invoice_id: reminder.invoiceId,
    emailed_to: reminder.emailedTo,
  };
}
