/** Secrets that can be recognised wherever they turn up, and in whatever clothes. */

export interface Canary {
  /** What it stands for. */
  readonly of: string;
  readonly value: string;
}

/** With characters that each encoding has to change, so that a form is never another one by chance. */
export function canary(of: string): Canary {
  return { of, value: `cAnArY/${of}+"\\%&=ü` };
}

/** Raw, as JSON and URLs write it, and raw or from JSON in base64, wherever it begins: three alignments. */
function formsOf(value: string): readonly { readonly form: string; readonly text: string }[] {
  const json = JSON.stringify(value).slice(1, -1);
  const base64 = [value, json].flatMap(alignments);
  const forms = [
    { form: 'raw', text: value },
    { form: 'JSON', text: json },
    { form: 'JSON in JSON', text: JSON.stringify(json).slice(1, -1) },
    { form: 'URL', text: encodeURIComponent(value) },
    ...base64.map((text) => ({ form: 'base64', text })),
    ...base64.map((text) => ({ form: 'base64url', text: text.replaceAll('+', '-').replaceAll('/', '_') })),
  ];
  return forms.filter(({ text }, at) => text.length > 7 && forms.findIndex((one) => one.text === text) === at);
}

/** What its neighbours share a letter with says nothing, and is left out. */
function alignments(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return encoded.slice(shift === 0 ? 0 : 4, Math.floor((shift + bytes.length) / 3) * 4);
  });
}

/** Counts what was searched: a form of a canary in a sink. */
export function createSearch(canaries: readonly Canary[]) {
  const forms = canaries.flatMap(({ of, value }) => formsOf(value).map((form) => ({ of, ...form })));
  let searched = 0;
  return {
    get searched() {
      return searched;
    },
    /** `canary of X in SINK (form)` for each that is there. */
    in(sink: string, text: string, except: readonly string[] = []): string[] {
      searched += forms.length;
      const found = forms.filter(({ of, text: form }) => !except.includes(of) && text.includes(form));
      return found.map(({ of, form }) => `canary of ${of} in ${sink} (${form})`);
    },
  };
}
