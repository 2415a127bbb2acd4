/** The rules of roles and bindings. What a user may grant is judged by admission, not here. */
@NullMarked
package dev.tiphys.apiserver.strategy.rbac;

import org.jspecify.annotations.NullMarked;
