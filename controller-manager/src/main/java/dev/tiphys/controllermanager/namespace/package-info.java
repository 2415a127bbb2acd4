/**
 * Empties namespaces that are deleted: {@link
 * dev.tiphys.controllermanager.namespace.NamespaceReconciler} deletes all that discovery knows to
 * be in one, tells in conditions what remains, and lets it go when nothing does.
 */
@NullMarked
package dev.tiphys.controllermanager.namespace;

import org.jspecify.annotations.NullMarked;
