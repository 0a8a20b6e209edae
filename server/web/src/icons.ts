/** The few pictures of the viewer, drawn on a grid of 24 by 24. */
import { type TemplateResult, svg, html } from "lit";

const icon = (path: TemplateResult): TemplateResult => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;

export const searchIcon = icon(svg`<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21"/>`);
export const closeIcon = icon(svg`<path d="M6 6l12 12M18 6 6 18"/>`);
export const linkIcon = icon(svg`<path d="M10 14a4 4 0 0 0 6 0l3.5-3.5a4.2 4.2 0 0 0-6-6L12 6M14 10a4 4 0 0 0-6 0l-3.500 3.500a4.200 4.200 0 0 0 6 6L12 18"/>`);
export const codeIcon = icon(svg`<path d="M8 7l-5 5 5 5M16 7l5 5-5 5M13.500 5l-3 14"/>`);
export const checkIcon = icon(svg`<path d="M4.500 12.500l5 5 10-11"/>`);
export const backIcon = icon(svg`<path d="M14.500 5.500 8 12l6.500 6.500"/>`);
export const forthIcon = icon(svg`<path d="M9.500 5.500 16 12l-6.500 6.500"/>`);
export const warnIcon = icon(svg`<path d="M12 4 2.800 20h18.400zM12 10v4.500M12 17.200v.1"/>`);
export const infoIcon = icon(svg`<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.600v.1"/>`);
export const downloadIcon = icon(svg`<path d="M12 4v11M7 10.500l5 5 5-5M4.500 20h15"/>`);
export const targetIcon = icon(svg`<circle cx="12" cy="12" r="6"/><path d="M12 2.500v5M12 16.500v5M2.500 12h5M16.500 12h5"/>`);
export const playIcon = icon(svg`<path d="M8 5.500v13l10-6.500z"/>`);
export const pauseIcon = icon(svg`<path d="M8.500 5.500v13M15.500 5.500v13"/>`);
export const tableIcon = icon(svg`<path d="M4 5h16v14H4zM4 10h16M4 14.500h16M10 5v14"/>`);
export const pictureIcon = icon(svg`<path d="M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5"/><circle cx="15.500" cy="9" r="1.200"/>`);
export const printIcon = icon(svg`<path d="M7 8V4h10v4M7 17H4V9h16v8h-3M7 14h10v6H7z"/>`);
export const plusIcon = icon(svg`<path d="M12 5v14M5 12h14"/>`);
export const outsideIcon = icon(svg`<path d="M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9"/>`);

/** The mark of the viewer: a few neighbouring areas in three classes. */
export const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
  <path fill="#a1dab4" d="M3 4h13l2 8-7 6-8-3z" />
  <path fill="#41b6c4" d="M18 4h11v12l-5 2-4.500-6z" />
  <path fill="#225ea8" d="M3 17l8 3 2 8.500H3z" />
  <path fill="#253494" d="M13 19.500l6-5.500 4.500 6.300 5.500-2V28.500H15z" />
</svg>`;
