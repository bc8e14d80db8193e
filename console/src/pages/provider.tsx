import { Alert, Anchor, Group, Text } from "@mantine/core";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { draftTypes } from "../draft/draft-query.ts";
import type { ProviderQuery } from "../graphql/graphql.ts";
import { graphql } from "../graphql/index.ts";
import { useLiveQuery } from "../live-query.ts";
import { DocsHint } from "../parts/docs-hint.tsx";
import { Failure } from "../parts/failure.tsx";
import { PageSkeleton } from "../parts/page-skeleton.tsx";
import { PageTitle } from "../parts/page-title.tsx";
import { draftLabel, ProviderBadges } from "../provider/provider-badges.tsx";
import { ProviderForm } from "../provider/provider-form.tsx";
import { RemoveProvider } from "../provider/remove-provider.tsx";
import { NO_REVISION, type ProviderState } from "../provider/state.ts";
import type { SettingSchema } from "../settings-form/schema.ts";

const query = graphql(`
  query Provider {
    providers {
      name type displayName enabled draftEffect draftEnabled settings draftSettings settingsSchema
      revision changedBy changedAt
    }
    providerTypes { type displayName settingsSchema }
  }
`);

const LIST = "/authentication/providers";

/** One provider: whether it is enabled, and its settings. */
export default function ProviderPage() {
  const { name = "" } = useParams();
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const { data, error, isLoading, refresh } = useLiveQuery({
    query,
    variables: {},
    types: draftTypes,
    everySeconds: 10,
  });
  if (isLoading) return <PageSkeleton />;
  const found = data?.providers.find((each) => each.name === name);
  const state = found ? stateOf(found) : newState(data, name, parameters.get("type"));
  return (
    <>
      <Anchor component={Link} to={LIST} size="sm">
        ← Providers
      </Anchor>
      <PageTitle
        actions={
          found &&
          found.type !== found.name &&
          found.draftEffect !== "REMOVED" && (
            <RemoveProvider name={name} revision={found.revision} onRemoved={() => navigate(LIST)} />
          )
        }
      >
        {state?.displayName ?? name}
      </PageTitle>
      <DocsHint path={docsOf(found?.type ?? parameters.get("type"))} />
      {!data && error && <Failure error={error} retry={refresh} />}
      {data && !state && (
        <Alert color="gray" title={`Provider ${name} not found`}>
          It may have been removed, or its draft was discarded.
        </Alert>
      )}
      {found && (
        <Group mb="lg" gap="xs">
          <Text size="sm" c="dimmed">
            {found.name}
          </Text>
          <ProviderBadges provider={found} />
        </Group>
      )}
      {found?.draftEffect === "REMOVED" ? (
        <Alert color="yellow" title="The draft removes this provider">
          It stays live until the draft is deployed. To keep it, discard the draft.
        </Alert>
      ) : (
        state && <ProviderForm key={name} state={state} onSaved={refresh} />
      )}
    </>
  );
}

function stateOf(provider: ProviderQuery["providers"][number]): ProviderState {
  const { name, type, displayName, enabled, draftEnabled, settings, draftSettings, settingsSchema } =
    provider;
  const { revision, changedBy = null, changedAt = null } = provider;
  return {
    name,
    type,
    displayName,
    enabled: draftEnabled ?? enabled,
    settings: draftSettings ?? settings ?? {},
    schema: (settingsSchema ?? {}) as SettingSchema,
    isNew: false,
    revision,
    changedBy,
    changedAt,
    isDrafted: draftLabel(provider) !== null,
  };
}

/** The documentation of a provider type's settings. */
function docsOf(type: string | null): string {
  if (type === "passkey") return "docs/passkeys.md";
  if (type === "email-otp") return "docs/email-codes.md";
  return type && /^(oidc|oauth2-)/.test(type) ? "docs/openid-connect.md" : "docs/providers.md";
}

/** @returns null when the type is unknown */
function newState(data: ProviderQuery | undefined, name: string, type: string | null): ProviderState | null {
  const found = data?.providerTypes.find((each) => each.type === type);
  if (!found) return null;
  const schema = found.settingsSchema as SettingSchema;
  return {
    name,
    type: found.type,
    displayName: name,
    enabled: false,
    settings: {},
    schema,
    isNew: true,
    revision: NO_REVISION,
    changedBy: null,
    changedAt: null,
    isDrafted: false,
  };
}
