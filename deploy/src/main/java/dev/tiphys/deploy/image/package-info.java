/**
 * Container images made and brought in without a registry: compiles our small programs, packs them
 * as OCI archives, checks archives that a user brings, hands them to the runtime.
 */
@NullMarked
package dev.tiphys.deploy.image;

import org.jspecify.annotations.NullMarked;
