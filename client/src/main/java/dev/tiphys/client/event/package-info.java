/**
 * Events: what operators read under {@code kubectl describe}. An {@link
 * dev.tiphys.client.event.EventRecorder} writes them in the background, counts repetitions instead
 * of repeating them, and never slows or fails the work that it reports on.
 */
@NullMarked
package dev.tiphys.client.event;

import org.jspecify.annotations.NullMarked;
