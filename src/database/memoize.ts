/** Caches a value for each owner and key, until the owner is garbage collected. */
export function memoize<Owner extends WeakKey, Key, Value extends object>(
  make: (owner: Owner, key: Key) => Value,
): (owner: Owner, key: Key) => Value {
  const made = new WeakMap<Owner, Map<Key, Value>>();
  return (owner, key) => {
    let values = made.get(owner);
    if (!values) {
      values = new Map();
      made.set(owner, values);
    }
    let value = values.get(key);
    if (!value) {
      value = make(owner, key);
      values.set(key, value);
    }
    return value;
  };
}
