// What a user of @kubernetes/client-node does: watch, and patch in every way. Reads KUBECONFIG;
// fails with the assertion that does not hold.
import assert from 'node:assert/strict';
import {
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  Watch,
  makeInformer,
  setHeaderOptions,
} from '@kubernetes/client-node';

const config = new KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(CoreV1Api);
const namespace = 'default';
const name = 'node-client';
const path = `/api/v1/namespaces/${namespace}/configmaps`;
const seconds = 60;

setTimeout(() => {
  console.error('the session takes too long');
  process.exit(1);
}, seconds * 1000);

/** Waits for the event that a function looks for. */
function events() {
  const seen = [];
  const waiting = [];
  const settle = () => {
    for (const [index, { wanted, resolve }] of [...waiting.entries()].reverse()) {
      const found = seen.find(wanted);
      if (found) {
        waiting.splice(index, 1);
        resolve(found);
      }
    }
  };
  return {
    add(event) {
      seen.push(event);
      settle();
    },
    until(wanted) {
      return new Promise((resolve) => {
        waiting.push({ wanted, resolve });
        settle();
      });
    },
  };
}

const version = (await core.listNamespacedConfigMap({ namespace })).metadata.resourceVersion;
const watched = events();
await new Watch(config).watch(
  path,
  { resourceVersion: version, fieldSelector: `metadata.name=${name}`, allowWatchBookmarks: true },
  (type, object) => watched.add({ type, object }),
  () => {},
);

const informed = events();
const informer = makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace }));
informer.on('update', (object) => informed.add(object));
informer.on('error', (error) => {
  throw error;
});
await informer.start();

await core.createNamespacedConfigMap({
  namespace,
  body: { metadata: { name, labels: { a: '1' } }, data: { a: '1', b: '1' } },
});
await watched.until(({ type }) => type === 'ADDED');

const patch = (body, strategy, more = {}) =>
  core.patchNamespacedConfigMap(
    { name, namespace, body, ...more },
    setHeaderOptions('Content-Type', strategy),
  );

let patched = await patch(
  [{ op: 'test', path: '/data/a', value: '1' }, { op: 'replace', path: '/data/a', value: '2' }],
  PatchStrategy.JsonPatch,
);
assert.equal(patched.data.a, '2');
patched = await patch({ data: { b: null } }, PatchStrategy.MergePatch);
assert.deepEqual(patched.data, { a: '2' });
patched = await patch({ metadata: { labels: { a: null } } }, PatchStrategy.StrategicMergePatch);
assert.equal(patched.metadata.labels, undefined);
patched = await patch(
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { c: '3' } },
  PatchStrategy.ServerSideApply,
  { fieldManager: 'node', force: true },
);
assert.deepEqual(patched.data, { a: '2', c: '3' });
assert.ok(patched.metadata.managedFields.some((entry) => entry.operation === 'Apply'));

await watched.until(({ type, object }) => type === 'MODIFIED' && object.data.c === '3');
await informed.until((object) => object.metadata.name === name && object.data.c === '3');

await assert.rejects(
  patch([{ op: 'test', path: '/data/a', value: 'x' }], PatchStrategy.JsonPatch),
  (error) => error.code === 422,
);

await core.deleteNamespacedConfigMap({ name, namespace });
await watched.until(({ type }) => type === 'DELETED');

console.log('node client: ok');
// Ends watch and informer with it.
process.exit(0);
