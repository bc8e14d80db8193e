import { Skeleton, VisuallyHidden } from "@mantine/core";
import classes from "./overview.module.css";

const heights = [380, 360, 360, 360, 360];

/** Placeholders of the charts' size, to avoid layout shift. */
export const OverviewSkeleton = () => (
  <div className={classes.charts} role="status">
    <VisuallyHidden>Loading…</VisuallyHidden>
    {heights.map((height, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: static list
      <Skeleton key={index} height={height} className={index === 0 ? classes.wide : undefined} />
    ))}
  </div>
);
