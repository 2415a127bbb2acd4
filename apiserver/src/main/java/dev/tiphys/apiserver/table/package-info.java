/**
 * Tables: what {@code kubectl get} prints. A kind's {@link dev.tiphys.apiserver.table.Columns} says
 * which columns it has and how an object becomes a row; the verbs turn lists, objects and watch
 * events into {@code meta.k8s.io/v1 Table} with them. Reads objects, never changes or stores them.
 */
@NullMarked
package dev.tiphys.apiserver.table;

import org.jspecify.annotations.NullMarked;
