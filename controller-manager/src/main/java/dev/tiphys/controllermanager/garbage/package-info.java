/**
 * Collects what has lost its owners: {@link dev.tiphys.controllermanager.garbage.Monitors} caches
 * the metadata of all objects that can be deleted, {@link
 * dev.tiphys.controllermanager.garbage.GarbageReconciler} deletes objects whose owners are gone,
 * and finishes deletions in the foreground and those that orphan.
 */
@NullMarked
package dev.tiphys.controllermanager.garbage;

import org.jspecify.annotations.NullMarked;
