/** How the map's own furniture looks: buttons, hints, crosshair, and its picture for print. */
import { css } from "lit";

export const mapSheet = css`
  :host {
    container-type: size;
    display: block;
    position: relative;
  }
  .map {
    font: inherit;
    inset: 0;
    position: absolute;
  }
  .maplibregl-canvas:focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: -3px;
  }
  .maplibregl-ctrl-group {
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    box-shadow: none;
    overflow: hidden;
  }
  .maplibregl-ctrl-group button {
    height: 40px;
    width: 40px;
  }
  .maplibregl-ctrl-group button:focus-visible {
    box-shadow: none;
    outline: 3px solid var(--focus);
    outline-offset: -3px;
  }
  @container (max-height: 170px) {
    .maplibregl-ctrl-top-right .maplibregl-ctrl {
      margin: 4px 4px 0 0;
    }
    .maplibregl-ctrl-group button {
      height: 28px;
      width: 28px;
    }
  }
  .maplibregl-ctrl-scale {
    background: rgb(255 255 255 / 80%);
    border-color: var(--ink);
    color: var(--ink);
  }
  .own svg {
    block-size: 20px;
    display: block;
    inline-size: 20px;
    margin: auto;
  }
  .tip {
    background: var(--ink);
    border: 1px solid transparent;
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    color: #fff;
    font-size: 0.875rem;
    left: 0;
    line-height: 1.35;
    max-width: min(18rem, 80%);
    padding: 0.4rem 0.6rem;
    pointer-events: none;
    position: absolute;
    top: 0;
    width: max-content;
    z-index: 3;
  }
  .tip strong {
    display: block;
  }
  .crosshair {
    forced-color-adjust: none;
    height: 44px;
    left: 50%;
    margin: -22px 0 0 -22px;
    pointer-events: none;
    position: absolute;
    top: 50%;
    width: 44px;
    z-index: 2;
  }
  .keys {
    background: var(--ink);
    border-radius: var(--radius);
    bottom: 2.6rem;
    color: #fff;
    font-size: 0.875rem;
    left: 50%;
    max-width: 90%;
    padding: 0.3rem 0.7rem;
    pointer-events: none;
    position: absolute;
    transform: translateX(-50%);
    width: max-content;
    z-index: 2;
  }
  .print {
    display: none;
  }
  @media print {
    .print {
      display: block;
      height: 100%;
      inset: 0;
      object-fit: contain;
      position: absolute;
      width: 100%;
    }
    .map,
    .keys,
    .crosshair,
    .tip {
      display: none;
    }
  }
`;
