import { Module } from '@nestjs/common';
import { MailClient } from './mail.client.js';

@Module({ providers: [MailClient], exports: [MailClient] })
export class MailModule {}
