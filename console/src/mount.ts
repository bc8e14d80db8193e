const configured = document.querySelector<HTMLMetaElement>('meta[name="mount"]')?.content ?? "";

/** The gateway's base path: that of `PUBLIC_URL`, or "" when the gateway is accessed directly. */
export const mount = window.location.pathname.startsWith(`${configured}/console`) ? configured : "";
