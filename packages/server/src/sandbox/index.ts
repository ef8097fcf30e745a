/** The isolation drivers. `process` is for `serve`; `container` and `gvisor` come beside it under the same port. */
export {};
