/** The look that all elements share. Every token can be set by the page around us, by name or through NL Design System tokens. */
import { type CSSResult, css, unsafeCSS } from "lit";
import { HOUSE, tokenValue } from "./house-style.js";

const value = Object.fromEntries(Object.entries(HOUSE).map(([name, token]) => [name, unsafeCSS(tokenValue(token))])) as Record<keyof typeof HOUSE, CSSResult>;

export const tokens = css`
  :host {
    --font: ${value.font};
    --ink: ${value.ink};
    --quiet: ${value.quiet};
    --paper: ${value.paper};
    --wash: ${value.wash};
    --line: ${value.line};
    --edge: ${value.edge};
    --accent: ${value.accent};
    --on-accent: ${value.onAccent};
    --accent-wash: ${value.accentWash};
    --focus: ${value.focus};
    --notice: ${value.notice};
    --on-notice: ${value.onNotice};
    --alarm: #9c1f16;
    --radius: ${value.radius};
    --shadow: 0 1px 2px rgb(16 34 47 / 12%), 0 6px 20px rgb(16 34 47 / 14%);
    color: var(--ink);
    font-family: var(--font);
    font-size: 1rem;
    line-height: 1.5;
  }
`;

export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  dl,
  dd,
  fieldset {
    margin: 0;
    padding: 0;
  }
  fieldset {
    border: 0;
    min-inline-size: 0;
  }
  ul {
    list-style: none;
  }
  legend {
    padding: 0;
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  a {
    color: var(--accent);
    text-decoration-thickness: 1px;
    text-underline-offset: 0.18em;
  }
  a:hover {
    text-decoration-thickness: 2px;
  }
  button,
  input,
  select,
  textarea {
    color: inherit;
    font: inherit;
  }
  button {
    cursor: pointer;
  }
  .button {
    align-items: center;
    background: var(--paper);
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    color: var(--accent);
    display: inline-flex;
    font-weight: 600;
    gap: 0.45em;
    justify-content: center;
    min-height: 2.5rem;
    padding: 0.3rem 0.8rem;
    text-decoration: none;
    white-space: nowrap;
  }
  .button:hover {
    background: var(--accent-wash);
    border-color: var(--accent);
  }
  .button:disabled {
    background: transparent;
    border-color: var(--line);
    color: var(--quiet);
    cursor: default;
    opacity: 0.55;
  }
  .button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .button.primary:hover {
    filter: brightness(0.9);
  }
  .button.plain {
    border-color: transparent;
  }
  .button.square {
    padding: 0;
    width: 2.5rem;
  }
  .label {
    color: var(--ink);
    display: block;
    font-size: 0.9375rem;
    font-weight: 600;
    margin-bottom: 0.2rem;
  }
  .quiet {
    color: var(--quiet);
    font-size: 0.9375rem;
  }
  .notice {
    align-items: center;
    background: var(--notice);
    border: 1px solid currentcolor;
    border-radius: 99px;
    color: var(--on-notice);
    display: inline-flex;
    font-size: 0.875rem;
    font-weight: 600;
    gap: 0.35em;
    padding: 0.05rem 0.65rem;
  }
  .unseen {
    block-size: 1px;
    clip-path: inset(50%);
    inline-size: 1px;
    overflow: hidden;
    position: absolute;
    white-space: nowrap;
  }
  svg.icon {
    block-size: 1.25em;
    fill: none;
    flex: none;
    inline-size: 1.25em;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 2;
  }
  @media (forced-colors: active) {
    .button:disabled {
      opacity: 1;
      color: GrayText;
    }
  }
`;
