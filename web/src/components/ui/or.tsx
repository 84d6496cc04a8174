/** Between two ways to the same. */
export function Or() {
  return <p className="m-0 flex items-center gap-3 text-sm text-subtle before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">or</p>;
}
