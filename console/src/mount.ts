const told = document.querySelector<HTMLMetaElement>('meta[name="mount"]')?.content ?? "";

/** The path below which this page found the gateway: that of `PUBLIC_URL`, or "" where the gateway was asked directly. */
export const mount = window.location.pathname.startsWith(`${told}/console`) ? told : "";
