// Starts the page. A module of its own, so that the content security policy needs no exception for inline script.

// 1. The sign-in answer leaves the address before anything else runs, is logged, or can be bookmarked.
{
  const answer = takeAnswer();
  if (answer) {
    // The page takes this property once and deletes it.
    Object.defineProperty(globalThis, 'scimSetupAnswer', { value: answer, configurable: true });
  } else if (location.pathname.endsWith('/index.html')) {
    history.replaceState(null, '', base() + location.hash);
  }
  // The page is loaded anew for a true answer: one that comes while it runs is taken away, and not handed over.
  addEventListener('hashchange', takeAnswer);
}

// What looks like an answer never stays in the address. Only one that says which question it answers is of use.
function takeAnswer() {
  const names = ['code', 'error', 'admin_consent', 'id_token', 'access_token'];
  const answers = [location.hash, location.search]
    .map((part) => part.replace(/^[#?/]+/, ''))
    .filter((part) => names.some((name) => new URLSearchParams(part).has(name)));
  if (answers.length > 0) {
    history.replaceState(null, '', base());
  }
  return answers.find((part) => new URLSearchParams(part).has('state')) ?? '';
}

// 2. Markup that the page's own templates are made of may pass; anything that could run may not, but the page's own worker.
globalThis.trustedTypes?.createPolicy('default', {
  createHTML(markup) {
    if (/<\/?(script|iframe|object|embed|meta|base|link|form)|[\s"'/]on\w+\s*=|javascript:/i.test(markup)) {
      throw new TypeError('markup that could run is refused');
    }
    return markup;
  },
  createScriptURL(address) {
    if (address !== base() + document.querySelector('meta[name="worker"]')?.content) {
      throw new TypeError('a script from elsewhere is refused');
    }
    return address;
  },
});

const missing = firstMissing();
if (missing) {
  show(missing);
} else {
  start();
}

function base() {
  const address = new URL('./', location.href);
  return address.origin + address.pathname;
}

// 3. What the browser must be able to do.
function firstMissing() {
  if (!globalThis.isSecureContext) {
    return {
      heading: 'This address is not secure',
      what: `The page was opened at ${location.origin}. Browsers give cryptography only to pages that come over https, `
        + 'and without it nobody can sign in safely.',
      todo: 'Open the page over https, or on this computer at http://localhost.',
    };
  }
  const absent = [
    ['WebAssembly', typeof globalThis.WebAssembly === 'object'],
    ['Web Cryptography', Boolean(globalThis.crypto?.subtle)],
    ['fetch', typeof globalThis.fetch === 'function' && typeof globalThis.AbortController === 'function'],
  ].filter(([, there]) => !there).map(([name]) => name);
  return absent.length === 0 ? null : {
    heading: 'This browser cannot run the page',
    what: `It lacks: ${absent.join(', ')}. Some companies switch WebAssembly off by policy; old browsers do not have it.`,
    todo: 'Use a current Edge, Chrome, Firefox or Safari, or ask who manages this browser to allow WebAssembly for this '
      + 'address. The command line program scim-setup does the same work without a browser.',
  };
}

// 4. The glue and the WebAssembly, with their integrity, once every style is there: without one of them something may be hidden.
async function start() {
  const bare = [...document.querySelectorAll('link[rel="stylesheet"]')].filter(isBare);
  const glue = document.querySelector('link[rel="modulepreload"]');
  const wasm = document.querySelector('link[rel="preload"][type="application/wasm"]');
  try {
    await Promise.all(bare.map(dress));
    if (!glue || !wasm) {
      throw new TypeError('index.html names no program to start');
    }
    // An import cannot carry its integrity, and the one on the preload link does not stop it: so the glue is checked first.
    const [answer] = await Promise.all([load(wasm), load(glue)]);
    const { default: init } = await import(glue.href);
    await init({ module_or_path: answer });
  } catch (error) {
    // A panic has drawn its own page already.
    if (!document.documentElement.hasAttribute('data-stopped')) {
      show(await explain(error, [...bare, glue, wasm].filter(Boolean)));
    }
  }
}

// Browsers show a style that failed as none, as an empty one, or as one whose rules nobody may read.
function isBare({ sheet }) {
  try {
    return !sheet?.cssRules.length;
  } catch {
    return true;
  }
}

// A style that did not come is asked for as the rest is, and taken once it is there.
async function dress(link) {
  await load(link);
  const again = link.cloneNode();
  const settled = new Promise((resolve) => { again.onload = again.onerror = resolve; });
  link.replaceWith(again);
  await settled;
}

// An old copy in a cache fails its integrity check; a fresh one may pass.
async function load({ href, integrity }) {
  const options = integrity ? { integrity, credentials: 'same-origin' } : { credentials: 'same-origin' };
  let answer;
  try {
    answer = await fetch(href, options);
  } catch {
    answer = await fetch(href, { ...options, cache: 'reload' });
  }
  if (!answer.ok) {
    throw new TypeError(`${answer.status} for ${new URL(href).pathname}`);
  }
  return answer;
}

async function explain(error, files) {
  const words = String(error?.message ?? error);
  if (navigator.onLine === false) {
    return {
      heading: 'You are offline',
      what: 'The rest of the page could not be loaded.',
      todo: 'Connect to the network, then reload.',
      words,
    };
  }
  if (error instanceof WebAssembly.CompileError) {
    return /unsafe-eval|content security policy|blocked|disallowed/i.test(words)
      ? {
        heading: 'A policy blocks this page',
        what: 'The content security policy that came with the page does not allow WebAssembly.',
        todo: "Whoever hosts the page adds 'wasm-unsafe-eval' to script-src (see the hosting documentation).",
        words,
      }
      : {
        heading: 'This browser cannot run the page',
        what: 'It does not understand the WebAssembly that the page is made of.',
        todo: 'Use a current Edge, Chrome, Firefox or Safari.',
        words,
      };
  }
  // Asks once more without the check, only to learn what is wrong. The answer is not used.
  for (const { href } of files) {
    const path = new URL(href).pathname;
    try {
      const answer = await fetch(href, { cache: 'no-store', credentials: 'same-origin' });
      if (!answer.ok) {
        return {
          heading: 'A part of the page is missing',
          what: `The server answered ${answer.status} for ${path}.`,
          todo: 'Perhaps a new version was put in place just now: reload. If that does not help, whoever hosts the page '
            + 'copies all files of the build again.',
          words,
        };
      }
    } catch {
      return {
        heading: 'A part of the page could not be loaded',
        what: `There is no connection to the server for ${path}, or something in between blocks it.`,
        todo: `Check the network, and whether a proxy or an extension blocks ${path.slice(path.lastIndexOf('.'))} files, then `
          + 'reload.',
        words,
      };
    }
  }
  return error instanceof TypeError
    ? {
      heading: 'A part of the page was changed on its way',
      what: 'A file does not match the checksum in index.html, so it was not run: an old copy in a cache, a proxy that '
        + 'rewrites files, or a mix of two versions on the server.',
      todo: 'Reload without the cache (Ctrl+F5). If that does not help, whoever hosts the page copies all files of one '
        + 'build again.',
      words,
    }
    : {
      heading: 'The page could not start',
      what: 'The program was loaded, but it failed as it started.',
      todo: 'Reload. If it happens again, report the words below.',
      words,
    };
}

// Text only, never markup: whatever the words are, they stay words.
function show({ heading, what, todo, words }) {
  const main = document.createElement('main');
  main.id = 'main';
  main.className = 'stopped';
  const add = (name, text, className) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    main.append(element);
    return element;
  };
  const title = add('h1', heading);
  title.tabIndex = -1;
  add('p', what);
  add('p', todo);
  if (words) add('pre', words);
  add('button', 'Reload', 'button primary').addEventListener('click', () => location.reload());
  document.querySelector('main')?.remove();
  document.body.append(main);
  document.title = `${heading} – SCIM Setup`;
  title.focus();
}
