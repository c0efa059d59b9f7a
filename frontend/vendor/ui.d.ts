// The type check looks for ui.js's types beside it; they are in types/, which is not served.
export * from "../types/ui.js";
