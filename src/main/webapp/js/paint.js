/** Wraps a task so that many calls before the next frame run it once: a replay of many events paints once per frame. */
export function oncePerFrame(task) {
  let scheduled = false;
  return () => {
    if (!scheduled) {
      scheduled = true;
      requestAnimationFrame(() => {
        scheduled = false;
        task();
      });
    }
  };
}
