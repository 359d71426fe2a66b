/** What the page says when a sign-in or a renewal fails: what, why, and what to do; word for word. */

/** The three sentences of a problem. */
export type Words = readonly [what: string, why: string, todo: string];

const what = 'The sign-in did not succeed.';
const again = 'Sign in again from this page.';

const nothingLost = 'Nothing that was done is lost.';

/** A service that wants to be left alone for a while. */
const busy = (when: string): Words => [
  'The sign-in service is busy.',
  'It is failing or has too much to do at the moment, and asking more often makes it worse.',
  `Try again ${when}. ${nothingLost}`,
];

/** A claim of the ID token that is not as it must be. */
const claim = (name: string): Words => [
  what,
  `The ID token's ${name} is not what this page asked for, so the tokens were thrown away.`,
  "Check the Directory (tenant) ID, the Application (client) ID and this computer's clock. Then sign in again.",
];

export const words = {
  foreign: [what, 'The answer in the address belongs to another visit or another tab, so it was not used.', again],
  unknown: [
    what,
    'This page has no record of having asked: the answer was used already, or the browser\'s session storage was cleared or is '
      + 'blocked.',
    'Sign in again from this page. If this comes back, allow session storage for this site.',
  ],
  late: [what, 'The answer came more than ten minutes after this page asked for it.', again],
  declined: [what, 'The request was declined.', 'Press “Sign in again” and accept, or ask an administrator.'],
  consentDeclined: [
    'The consent was declined.',
    "At Microsoft's page somebody pressed Cancel in place of Accept.",
    'Press “Sign in again” and accept. If you may not, an administrator can consent: the link is at “Permissions and consent”.',
  ],
  unregistered: [
    "The application does not know this page's address.",
    'The redirect URI that the page sent is not among those of the application. Upper and lower case and the slash at the end '
      + 'count.',
    'In the Entra admin center open the application, Authentication, and add the redirect URI shown at “Register the '
      + 'application” under Single-page application, exactly as written. Then press “Sign in with Microsoft”.',
  ],
  refused: [
    what,
    'The sign-in service refused, with a code that this page does not know.',
    'Look the code up at https://login.microsoftonline.com/error, or send the details below to support.',
  ],
  failing: [what, 'The sign-in service is busy or failing at the moment.', 'Wait a minute, then sign in again.'],
  busy: busy('in 60 seconds'),
  busyForLong: busy('in 120 seconds'),
  used: [what, 'Microsoft does not accept the code or the session any more.', `Press “Sign in again”. ${nothingLost}`],
  silent: [
    what,
    'The sign-in service did not answer. If the redirect URI is registered under another platform than Single-page '
      + 'application, the browser hides the answer and it looks the same.',
    'Check the network, and that the application\'s redirect URI is of type Single-page application. Then sign in again.',
  ],
  malformed: [
    what,
    'The sign-in service answered with something that is no token.',
    'Check the cloud and that nothing between this browser and Microsoft rewrites answers. Then sign in again.',
  ],
  nobody: [what, 'The sign-in service did not say who signed in (no ID token).', again],
  form: claim('form'),
  issuer: claim('issuer'),
  audience: claim('audience'),
  nonce: claim('nonce'),
  time: claim('time'),
  tenant: [
    'The sign-in was for another tenant.',
    'The account signed in to the tenant 00000000-0000-0000-0000-000000000001, not to the one of this page. The tokens were '
      + 'thrown away.',
    'Check the Directory (tenant) ID at “Register the application”, or press “Use another account”.',
  ],
  blocked: [
    'Signing in is not possible in this window.',
    'The browser keeps nothing while the page is away, so the answer could not be matched to this visit.',
    'Allow this site to keep data (session storage), or use a window that is not private.',
  ],
} satisfies Record<string, Words>;

const search = 'Could not search the directory for "Data".';

/** What a search of the directory says when the token for it cannot be renewed. */
export const renewing = {
  ended: [
    search,
    'A page may renew its sign-in for 24 hours; after that, or after a password change, the person must sign in again.',
    `Sign in again. ${nothingLost}`,
  ],
  refused: [search, words.used[1], words.used[2]],
  unaccepted: [search, 'Microsoft Graph does not accept the sign-in any more.', `Sign in again. ${nothingLost}`],
  malformed: [search, words.malformed[1], words.malformed[2]],
  busy: [search, words.busy[1], `Try again in a second. ${nothingLost}`],
} satisfies Record<string, Words>;
