/** The passwords guessed first, in lower case, of those that are long enough to be allowed at all. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  password password1 password12 password123 password1234 password1! password! passw0rd passw0rd1 p@ssw0rd p@ssword
  p@$$w0rd pa55word pa$$word mypassword newpassword changeme1 changeme123 letmein1 letmein123 welcome1 welcome123
  welcome2024 welcome2025 welcome2026 12345678 123456789 1234567890 12345678910 01234567 0123456789 87654321 987654321
  9876543210 11111111 111111111 1111111111 00000000 000000000 22222222 55555555 66666666 77777777 88888888 99999999
  12121212 123123123 12341234 11223344 1122334455 112233445566 13131313 23232323 69696969 1q2w3e4r 1q2w3e4r5t
  1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc qazwsxedc zaq12wsx zaq1zaq1 q1w2e3r4 q1w2e3r4t5 qwer1234 qwerty12 qwerty123
  qwerty1234 qwertyui qwertyuiop asdfghjk asdfghjkl asdf1234 zxcvbnm1 zxcvbnm123 asdfasdf qweasdzxc 1234qwer 123qweasd
  123456789a 12345678a a12345678 a123456789 abc12345 abcd1234 abcdefgh abcdefg1 abcdefghi aa123456 aa12345678
  iloveyou iloveyou1 iloveyou2 ilovegod sunshine sunshine1 princess princess1 football football1 baseball baseball1
  basketball superman superman1 batman123 spiderman starwars starwars1 trustno1 whatever computer computer1 internet
  corvette mercedes michelle jennifer jessica1 jordan23 charlie1 danielle garfield elephant butterfly chocolate
  liverpool arsenal1 chelsea1 bigdaddy samantha victoria alexander maverick midnight mountain mustang1 master123
  monkey123 dragon123 shadow123 admin123 admin1234 adminadmin administrator root1234 rootroot test1234 testtest
  testing123 secret123 secretsecret default1 guest123 user1234 hello123 hellohello google123 facebook letmeinnow
  nothing1 passpass password01 summer2024 summer2025 summer2026 winter2024 winter2025 winter2026 spring2025 spring2026
  autumn2025 quickbooks roofing1 roofing123 contractor
  `
    .trim()
    .split(/\s+/),
);
