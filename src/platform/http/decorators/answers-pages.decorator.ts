import { applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiProduces } from '@nestjs/swagger';
import { PAGE_EXTENSION } from '../openapi/page-answers.js';

/** A controller of pages for people; none of its routes answers a problem (`human-pages.ts`). */
export const AnswersPages = (): ClassDecorator =>
  applyDecorators(ApiProduces('text/html'), ApiExtension(PAGE_EXTENSION, true));
