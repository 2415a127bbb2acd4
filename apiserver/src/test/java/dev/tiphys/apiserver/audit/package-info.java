/** Tests of the audit log's parts: what a policy says, and how files take each other's place. */
@NullMarked
package dev.tiphys.apiserver.audit;

import org.jspecify.annotations.NullMarked;
