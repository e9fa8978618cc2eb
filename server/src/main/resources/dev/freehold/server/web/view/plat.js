// A survey of parcels, one of them yours: the drawing beside the door.
import { html } from "../libraries.js";

export const plat = html`<svg class="plat" viewBox="0 0 600 800" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
  <g class="lines">
    <path d="M-20 92 L196 128 L330 -20 M196 128 L176 302 L-20 268 M176 302 L158 470 L-20 446 M158 470 L136 648 L-20 632 M136 648 L120 820" />
    <path d="M262 138 L396 -20 M262 138 L620 204 M262 138 L240 312 L620 382 M240 312 L222 480 L620 552 M222 480 L200 656 L620 730 M200 656 L184 820" />
    <path d="M372 158 L351 332 M489 180 L468 354 M432 347 L412 514 M340 502 L318 678 M472 525 L450 700 M88 110 L70 284 M52 455 L36 637" />
    <path class="ditch" d="M-20 372 C 60 352 110 402 164 386 S 300 420 402 436 S 540 470 620 452" />
  </g>
  <path class="own" d="M240 312 L432 347 L412 514 L222 480 Z" />
  <g class="stones"><circle cx="240" cy="312" r="5" /><circle cx="432" cy="347" r="5" /><circle cx="412" cy="514" r="5" /><circle cx="222" cy="480" r="5" /></g>
  <g class="labels"><text x="300" y="232">117</text><text x="424" y="250">118</text><text x="540" y="286">119</text><text x="92" y="206">104</text><text x="78" y="566">106</text><text x="262" y="580">123</text><text x="388" y="606">124</text><text x="530" y="640">125</text><text x="532" y="508">121</text></g>
</svg>`;
