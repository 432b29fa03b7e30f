function nulls(names: string): Readonly<Record<string, null>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, null]));
}

/** Fields Stripe's objects have and the sandbox does nothing with: null, as where a feature is not used. */
export const ABSENT = {
  session: nulls(
    'adaptive_pricing after_expiration client_secret collected_information consent consent_collection ' +
      'currency_conversion customer_account integration_identifier invoice invoice_creation managed_payments ' +
      'origin_context payment_link payment_method_collection ' +
      'payment_method_configuration_details payment_method_options permissions recovered_from ' +
      'saved_payment_method_options setup_intent shipping_address_collection shipping_cost ' +
      'subscription wallet_options',
  ),
  intent: nulls(
    'allowed_payment_method_types application application_fee_amount automatic_payment_methods canceled_at ' +
      'cancellation_reason customer customer_account excluded_payment_method_types ' +
      'managed_payments next_action on_behalf_of payment_method_configuration_details ' +
      'payment_method_options payment_record processing review setup_future_usage shipping source ' +
      'statement_descriptor transfer_data',
  ),
  charge: nulls(
    'application application_fee application_fee_amount calculated_statement_descriptor customer ' +
      'failure_balance_transaction fraud_details on_behalf_of receipt_number receipt_url review shipping source ' +
      'source_transfer statement_descriptor transfer_data',
  ),
  evidence: nulls(
    'access_activity_log billing_address cancellation_policy cancellation_policy_disclosure ' +
      'cancellation_rebuttal customer_communication customer_email_address customer_name customer_purchase_ip ' +
      'customer_signature duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id ' +
      'product_description receipt refund_policy refund_policy_disclosure refund_refusal_explanation ' +
      'service_date service_documentation shipping_address shipping_carrier shipping_date ' +
      'shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text',
  ),
  refund: nulls('customer customer_account instructions_email payment_method'),
  dispute: nulls('intended_submission_method'),
  payout: nulls(
    'application_fee application_fee_amount failure_balance_transaction failure_code failure_message ' +
      'original_payout payout_method reversed_by',
  ),
} as const;
