import type { Body } from '../json.ts';

/** One pair of an extension (`LineEx`, `PurchaseEx`), in the form Intuit's service writes them. */
export function nameValue(Name: string, Value: string): Body {
  return {
    name: '{http://schema.intuit.com/finance/v3}NameValue',
    declaredType: 'com.intuit.schema.finance.v3.NameValue',
    scope: 'javax.xml.bind.JAXBElement$GlobalScope',
    value: { Name, Value },
    nil: false,
    globalScope: true,
    typeSubstituted: false,
  };
}
