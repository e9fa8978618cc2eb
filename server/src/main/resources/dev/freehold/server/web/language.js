// The reader's language: messages, plurals, numbers, dates.
import english from "./messages/en.js";
import { recall, remember } from "./state.js";

export const languages = { en: "English", fr: "Français", de: "Deutsch" };

let catalogue = english;
export let language = "en";
let plural = new Intl.PluralRules("en");

export function preferred() {
  const chosen = recall("language");
  if (chosen in languages) return chosen;
  for (const tag of navigator.languages ?? [navigator.language]) {
    const short = tag.slice(0, 2).toLowerCase();
    if (short in languages) return short;
  }
  return "en";
}

export async function speak(tag) {
  catalogue = (await import(`./messages/${tag}.js`)).default;
  language = tag;
  plural = new Intl.PluralRules(tag);
  document.documentElement.lang = tag;
}

export function choose(tag) {
  remember("language", tag);
  return speak(tag);
}

/** The message of that name. `{x}` is filled from `values`; a message with plural forms is chosen by `values.n`. */
export function t(name, values = {}) {
  let text = catalogue[name] ?? english[name];
  if (text === undefined) throw new Error("no message: " + name);
  if (typeof text === "object") text = text[plural.select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, key) => {
    const value = values[key];
    return typeof value === "number" ? number(value) : String(value ?? "");
  });
}

export const number = (value, digits = 0) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

export function bytes(value) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(language, { style: "unit", unit: units[unit], unitDisplay: unit === 0 ? "long" : "short", maximumFractionDigits: digits }).format(value);
}

/** 134515008 → "135 M". */
export const count = (value) => new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);

export const percent = (share) => new Intl.NumberFormat(language, { style: "percent" }).format(share);

export function languageName(tag) {
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

/** The heading under which a conversation of that time is listed. */
export function period(time) {
  const days = Math.floor((new Date().setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days <= 0) return t("today");
  if (days === 1) return t("yesterday");
  if (days < 7) return t("thisWeek");
  return new Intl.DateTimeFormat(language, { month: "long", year: "numeric" }).format(new Date(time));
}

export const dateTime = (time) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
