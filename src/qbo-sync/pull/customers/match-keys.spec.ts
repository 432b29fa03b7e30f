import { describe, expect, it } from 'vitest';
import { emailKeys, isRoleAddress, nameKey, nameLikeness, phoneKey, phoneKeys } from './match-keys.js';

describe('What spellings have in common', () => {
  it.each([
    ['Ann Ruiz', 'ann ruiz'],
    ['Ruiz, Ann', 'ann ruiz'],
    [' ANN   RUIZ ', 'ann ruiz'],
    ['Ann Ruiz (CRM-17)', 'ann ruiz'],
    ['Ann Ruiz (deleted)', 'ann ruiz'],
    ['Ann Ruiz (deleted 2)', 'ann ruiz'],
    ['Ann Ruiz (EUR)', 'ann ruiz'],
    ["Dana O'Connor", 'dana oconnor'],
    ['Dana O’Connor', 'dana oconnor'],
    ['José Muñoz', 'jose munoz'],
    ['Jose\u0301 Mun\u0303oz', 'jose munoz'],
    ['Smith & Sons, Inc.', 'smith and sons'],
    ['Smith and Sons Co., LLC', 'smith and sons'],
    ['Cool-Cars', 'cool cars'],
    ['Company', 'company'],
    ['株式会社 山田', '株式会社 山田'],
    ['...', ''],
  ])('of the name %j is %j', (name, key) => {
    expect(nameKey(name)).toBe(key);
  });

  it.each([
    ['(970) 555-0144', '9705550144'],
    ['+1 970 555 0144', '9705550144'],
    ['970.555.0144 ext. 12', '9705550144'],
    ['970-555-0144 x12', '9705550144'],
    ['555-0100', '5550100'],
    ['911', null],
    ['call the office', null],
  ])('of the phone %j is %j', (phone, key) => {
    expect(phoneKey(phone)).toBe(key);
  });

  it('of lists is each of theirs, once', () => {
    expect(emailKeys('Ann@Example.com, office@example.com;ann@example.com')).toEqual([
      'ann@example.com',
      'office@example.com',
    ]);
    expect(phoneKeys(['555-0100', null, '555 0100', 'none'])).toEqual(['5550100']);
    expect([isRoleAddress('office@example.com'), isRoleAddress('ann@example.com')]).toEqual([true, false]);
  });

  it('is measured by their words', () => {
    expect(nameLikeness('ann maria ruiz', 'ruiz ann maria')).toBe(1);
    expect(nameLikeness('ann ruiz', 'ann ott')).toBeCloseTo(1 / 3);
  });
});
