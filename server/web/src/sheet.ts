/** The look that all elements share. Every token can be set by the page around us, by name or through NL Design System tokens. */
import { css } from "lit";

export const tokens = css`
  :host {
    --font: var(--zichtkaart-font-family, var(--utrecht-document-font-family, var(--nl-paragraph-font-family, system-ui, "Segoe UI", "Noto Sans", sans-serif)));
    --ink: var(--zichtkaart-color, var(--utrecht-document-color, #17242f));
    --quiet: var(--zichtkaart-color-quiet, #4d5d6b);
    --paper: var(--zichtkaart-background, var(--utrecht-document-background-color, #ffffff));
    --wash: var(--zichtkaart-background-wash, #f3f6f8);
    --line: var(--zichtkaart-border-color, #d3dce3);
    --edge: var(--zichtkaart-control-border-color, var(--utrecht-form-control-border-color, #6d7f8d));
    --accent: var(--zichtkaart-accent, var(--utrecht-button-primary-action-background-color, var(--utrecht-link-color, #0b5a83)));
    --on-accent: var(--zichtkaart-on-accent, var(--utrecht-button-primary-action-color, #ffffff));
    --accent-wash: var(--zichtkaart-accent-wash, #e4f0f6);
    --focus: var(--zichtkaart-focus-color, var(--utrecht-focus-outline-color, #0b5fb8));
    --notice: var(--zichtkaart-notice-background, #fff1c9);
    --on-notice: var(--zichtkaart-notice-color, #553f00);
    --alarm: #9c1f16;
    --radius: var(--zichtkaart-border-radius, var(--utrecht-button-border-radius, 6px));
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
