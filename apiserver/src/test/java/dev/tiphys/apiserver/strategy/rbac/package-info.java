/** What is said of roles and bindings, case by case. */
@NullMarked
package dev.tiphys.apiserver.strategy.rbac;

import org.jspecify.annotations.NullMarked;
