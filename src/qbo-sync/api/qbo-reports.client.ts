import { Injectable } from '@nestjs/common';
import type { QuickBooks } from 'node-quickbooks';
import type { SdkCall } from './http/sdk.client.js';
import { readReport, type ReportTable } from './mappers/reading/report-table.js';
import type { QboCompany } from './model/qbo-company.js';
import { type CallOptions, QboHttpPipelineService } from './pipeline/qbo-http-pipeline.service.js';

/** A report's options as QuickBooks names them. */
export type ReportOptions = Readonly<Record<string, string>>;

type RunReport = (sdk: QuickBooks, options: ReportOptions, done: () => void) => void;

/** The SDK's method for each report that we ask for. */
const RUN = {
  AgedReceivables: (sdk, options, done) => sdk.reportAgedReceivables(options, done),
  ProfitAndLossDetail: (sdk, options, done) => sdk.reportProfitAndLossDetail(options, done),
} as const satisfies Record<string, RunReport>;

export type QboReportName = keyof typeof RUN;

/** QuickBooks' own reports, to compare ours with. Each is one metered read. Throws QboError. */
@Injectable()
export class QboReportsClient {
  constructor(private readonly pipeline: QboHttpPipelineService) {}

  async run(
    company: QboCompany,
    name: QboReportName,
    reportOptions: ReportOptions,
    options?: CallOptions,
  ): Promise<ReportTable> {
    const send: SdkCall = (sdk, done) => RUN[name](sdk, reportOptions, done);
    const call = { operation: 'report.read', send, read: readReport } as const;
    return (await this.pipeline.call(company, call, options)).value;
  }
}
