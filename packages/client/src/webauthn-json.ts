/** WebAuthn options and answers as JSON (WebAuthn level 3, §5.1.8 to §5.1.10), also in browsers that cannot do it themselves. */

interface Static {
  parseCreationOptionsFromJSON?(
    options: PublicKeyCredentialCreationOptionsJSON,
  ): PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?(
    options: PublicKeyCredentialRequestOptionsJSON,
  ): PublicKeyCredentialRequestOptions;
}

export const parseCreationOptions = (
  options: PublicKeyCredentialCreationOptionsJSON,
): PublicKeyCredentialCreationOptions =>
  (PublicKeyCredential as Static).parseCreationOptionsFromJSON?.(options) ??
  ({
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: options.excludeCredentials?.map(descriptor),
  } as unknown as PublicKeyCredentialCreationOptions);

export const parseRequestOptions = (
  options: PublicKeyCredentialRequestOptionsJSON,
): PublicKeyCredentialRequestOptions =>
  (PublicKeyCredential as Static).parseRequestOptionsFromJSON?.(options) ??
  ({
    ...options,
    challenge: decode(options.challenge),
    allowCredentials: options.allowCredentials?.map(descriptor),
  } as unknown as PublicKeyCredentialRequestOptions);

const descriptor = ({ id, ...rest }: PublicKeyCredentialDescriptorJSON): object => ({
  ...rest,
  id: decode(id),
});

export function toJSON(credential: PublicKeyCredential): object {
  try {
    // Password managers replace credentials by objects whose `toJSON` is missing or throws.
    return credential.toJSON();
  } catch {}
  const { id, rawId, type, authenticatorAttachment } = credential;
  const response = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = response;
  const members = { clientDataJSON, attestationObject, authenticatorData, signature, userHandle };
  return {
    id,
    rawId: encode(rawId),
    type,
    authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      ...Object.fromEntries(
        Object.entries(members).flatMap(([name, bytes]) => (bytes ? [[name, encode(bytes)]] : [])),
      ),
      ...(attestationObject && { transports: response.getTransports?.() ?? [] }),
    },
  };
}

const decode = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
    character.charCodeAt(0),
  );

const encode = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
