// What vendor/ui.js exports, for the type check: the packages' own types.
import type { VNode } from "preact";

export { render, Fragment, options } from "preact";
export type { ComponentChildren, ComponentType, FunctionComponent, RefObject, VNode } from "preact";
export { useState, useEffect, useLayoutEffect, useRef, useMemo, useId, useErrorBoundary } from "preact/hooks";
export { signal, computed, effect, batch, untracked, useSignal } from "@preact/signals";
export type { ReadonlySignal, Signal } from "@preact/signals";

/** htm bound to `h`. A template with one root gives one node: so do all of ours. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
