/** Where things stand on the page: one column on a phone, a column beside the map on a desk, and next to nothing in a frame. */
import { css } from "lit";

export const appSheet = css`
  :host {
    background: var(--paper);
    display: flex;
    flex-direction: column;
    min-height: 100dvh;
  }
  main {
    display: grid;
    flex: 1;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto auto 1fr;
    min-height: 0;
  }
  .wait,
  .fatal {
    place-content: center;
    padding: 1rem;
  }
  .choose {
    display: grid;
    gap: 0.8rem;
    padding: 0.8rem 1rem;
  }
  details {
    border: 1px solid var(--edge);
    border-radius: var(--radius);
  }
  .within {
    display: grid;
    gap: 0.85rem;
    border-top: 1px solid var(--line);
    padding: 0.9rem;
  }
  summary {
    align-items: center;
    border-radius: var(--radius);
    cursor: pointer;
    display: flex;
    gap: 0.8rem;
    justify-content: space-between;
    list-style: none;
    min-height: 2.75rem;
    padding: 0.3rem 0.8rem;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary span:first-child {
    font-weight: 600;
    line-height: 1.25;
    min-width: 0;
  }
  .change {
    color: var(--accent);
    flex: none;
    font-size: 0.9375rem;
    text-decoration: underline;
    text-underline-offset: 0.18em;
  }
  .stage {
    background: var(--wash);
    border-block: 1px solid var(--line);
    display: flex;
    flex-direction: column;
    height: 60dvh;
    min-height: 20rem;
    position: relative;
  }
  .ground {
    flex: 1;
    min-height: 0;
    overflow: hidden;
    position: relative;
  }
  zicht-table {
    border-top: 1px solid var(--line);
    flex: 0 0 44%;
  }
  .stage:has(zicht-table) {
    height: 100dvh;
  }
  zicht-beside {
    flex: 0 1 auto;
    max-height: 55%;
  }
  @media (max-width: 55.99rem) {
    .stage:has(zicht-beside) {
      height: auto;
    }
    .stage:has(zicht-beside) .ground {
      flex: none;
      height: 50dvh;
    }
    zicht-beside {
      max-height: none;
    }
  }
  zicht-map[bare] {
    pointer-events: none;
    z-index: 1;
  }
  .divider {
    background: #fff;
    box-shadow: 0 0 0 1px #10222f;
    height: 100%;
    margin-left: -1.5px;
    pointer-events: none;
    position: absolute;
    top: 0;
    width: 3px;
    z-index: 2;
  }
  .slide {
    appearance: none;
    background: none;
    height: 44px;
    left: -22px;
    margin: 0;
    pointer-events: none;
    position: absolute;
    top: calc(50% - 22px);
    width: calc(100% + 44px);
    z-index: 2;
  }
  .slide::-webkit-slider-thumb {
    appearance: none;
    background: #fff;
    border: 2px solid #10222f;
    border-radius: 50%;
    cursor: ew-resize;
    height: 44px;
    pointer-events: auto;
    width: 44px;
  }
  .slide::-moz-range-thumb {
    background: #fff;
    border: 2px solid #10222f;
    border-radius: 50%;
    cursor: ew-resize;
    height: 40px;
    pointer-events: auto;
    width: 40px;
  }
  .slide:focus-visible {
    outline: 0;
  }
  .slide:focus-visible::-webkit-slider-thumb {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  .slide:focus-visible::-moz-range-thumb {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  .side {
    background: rgb(255 255 255 / 90%);
    border-radius: var(--radius);
    bottom: 2.2rem;
    color: #17242f;
    font-size: 0.8125rem;
    font-weight: 600;
    line-height: 1.25;
    max-width: 42%;
    padding: 0.15rem 0.5rem;
    pointer-events: none;
    position: absolute;
    z-index: 2;
  }
  .side.left {
    left: 0.6rem;
  }
  .side.right {
    right: 0.6rem;
    text-align: end;
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  .acts .button[aria-pressed="true"] {
    background: var(--accent-wash);
    border-color: var(--accent);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  zicht-map {
    inset: 0;
    position: absolute;
  }
  .credit {
    background: var(--paper);
    font-size: 0.8125rem;
    line-height: 1.4;
    padding: 0.25rem 1rem;
  }
  .over {
    display: grid;
    gap: 0.5rem;
    justify-items: center;
    left: 0.6rem;
    pointer-events: none;
    position: absolute;
    right: 3.6rem;
    top: 0.6rem;
    z-index: 4;
  }
  .over > * {
    pointer-events: auto;
  }
  .hint,
  .alert {
    align-items: center;
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    display: flex;
    flex-wrap: wrap;
    gap: 0.3rem 0.8rem;
    max-width: 36rem;
    padding: 0.4rem 0.5rem 0.4rem 0.9rem;
  }
  .hint > div,
  .alert > p {
    flex: 1 1 12rem;
  }
  .alert {
    border: 1px solid var(--alarm);
    border-left-width: 5px;
    padding: 0.6rem 0.7rem;
  }
  .alert > svg {
    color: var(--alarm);
  }
  zicht-area {
    bottom: 0.6rem;
    left: 0.6rem;
    position: absolute;
    right: 0.6rem;
    z-index: 3;
  }
  .explain {
    align-content: start;
    display: grid;
    gap: 1.2rem;
    padding: 1.1rem 1rem 1.5rem;
  }
  @media (min-width: 56rem) {
    :host(:not([embedded])) {
      height: 100dvh;
    }
    :host(:not([embedded])) main {
      container-type: size;
      grid-template-columns: 22.5rem minmax(0, 1fr);
      grid-template-rows: auto 1fr;
      overflow-y: auto;
    }
    .choose {
      gap: 0.85rem;
      padding: 0.9rem 1.25rem 1rem;
    }
    .explain {
      border-top: 1px solid var(--line);
      margin-inline: 1.25rem;
      padding-inline: 0;
    }
    :host(:not([embedded])) .stage {
      border-block: 0;
      border-left: 1px solid var(--line);
      grid-column: 2;
      grid-row: 1 / span 2;
      height: 100cqh;
      position: sticky;
      top: 0;
    }
    .credit {
      background: rgb(255 255 255 / 90%);
      border-top-left-radius: var(--radius);
      bottom: 0;
      color: #17242f;
      font-size: 0.75rem;
      max-width: calc(100% - 9rem);
      padding: 0.1rem 0.6rem;
      position: absolute;
      right: 0;
    }
    .stage:has(zicht-table, zicht-beside) .credit {
      max-width: none;
      position: static;
    }
    zicht-area {
      bottom: auto;
      left: 1rem;
      right: auto;
      top: 1rem;
      width: 21rem;
    }
    .over {
      left: 23rem;
    }
    .wait,
    .fatal {
      display: grid;
    }
  }

  :host([embedded]) {
    height: 100dvh;
    min-height: 0;
  }
  header {
    align-items: center;
    border-bottom: 1px solid var(--line);
    border-top: 4px solid var(--accent);
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem 0.7rem;
    padding: 0.2rem 0.75rem 0.35rem;
  }
  h1,
  h2 {
    font-size: 1rem;
    line-height: 1.3;
  }
  header .quiet {
    font-size: 0.875rem;
    font-weight: 400;
  }
  :host([embedded]) :is(main, .main) {
    display: flex;
    flex: 1;
    flex-direction: column;
  }
  :host([embedded]) .stage {
    flex: 1;
    height: auto;
    min-height: 0;
  }
  :host([embedded]) zicht-area {
    bottom: auto;
    left: 0.6rem;
    max-width: 26rem;
    right: 3.6rem;
    top: 0.6rem;
    width: auto;
  }
  :host([embedded]) .over {
    bottom: 2.2rem;
    left: 0.6rem;
    top: auto;
  }
  :host([embedded]) .notice {
    font-size: 0.8125rem;
  }
  .foot {
    padding: 0.35rem 0.75rem 0.4rem;
  }
  @media (max-height: 26rem) {
    .chosen zicht-legend {
      display: none; /* the card has the swatch of its figure */
    }
    :host([embedded]) .over:has(+ zicht-area) p.hint {
      display: none; /* no room for both */
    }
    :host([embedded]) .hint {
      font-size: 0.875rem;
      padding: 0.25rem 0.4rem 0.25rem 0.7rem;
    }
    :host([embedded]) .hint .button {
      min-height: 1.75rem;
    }
  }
  .foot .source {
    display: flex;
    flex-wrap: wrap;
    font-size: 0.8125rem;
    gap: 0 1rem;
    justify-content: space-between;
    margin-top: 0.15rem;
  }

  @media print {
    .acts,
    .over,
    .slide,
    .hint {
      display: none;
    }
    .explain {
      break-inside: avoid;
    }
    :host {
      height: auto !important;
    }
    .choose {
      display: none;
    }
    main {
      display: block !important;
      overflow: visible !important;
    }
    .stage {
      height: auto !important;
      position: relative !important;
    }
    .ground {
      break-inside: avoid;
      flex: none !important;
      height: auto !important;
    }
    zicht-map {
      height: 11.5cm;
      position: relative;
    }
    zicht-map[bare] {
      position: absolute;
    }
    :host(:not([embedded])) zicht-area {
      position: static;
      width: auto;
    }
    zicht-beside,
    zicht-table {
      max-height: none !important;
    }
    .credit {
      max-width: none;
      position: static;
    }
  }
`;
