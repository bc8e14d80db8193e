import { Skeleton, VisuallyHidden } from "@mantine/core";
import classes from "./overview.module.css";

const heights = [380, 360, 360, 360, 360];

/** Panels of the size that the charts will have, so that nothing jumps. */
export const OverviewSkeleton = () => (
  <div className={classes.charts} role="status">
    <VisuallyHidden>Loading…</VisuallyHidden>
    {heights.map((height, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they never move
      <Skeleton key={index} height={height} className={index === 0 ? classes.wide : undefined} />
    ))}
  </div>
);
