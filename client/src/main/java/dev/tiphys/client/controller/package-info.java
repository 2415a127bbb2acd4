/**
 * Control loops: a {@link dev.tiphys.client.controller.Reconciler} brings what is named by a key to
 * what it should be; a {@link dev.tiphys.client.controller.Controller} calls it for the keys that
 * informers report, from a {@link dev.tiphys.client.controller.WorkQueue} that never hands one key
 * to two workers.
 *
 * <p>Level-triggered: a reconciler is told that something about a key may have changed, not what.
 * It looks, decides, acts, and may be called again at any time without harm.
 */
@NullMarked
package dev.tiphys.client.controller;

import org.jspecify.annotations.NullMarked;
