/** Wraps a task so that many calls before the next frame are one: a replay of many events paints once a frame. */
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
