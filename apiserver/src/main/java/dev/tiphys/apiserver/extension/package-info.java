/**
 * What definitions bring at run time: custom resources, served by the same verbs, stores and
 * answers as built-in kinds. {@link dev.tiphys.apiserver.extension.CustomResources} follows the
 * definitions and makes an endpoint a served version; the rules of a version are its {@code
 * CustomStrategy}. Schemas are judged in {@code extension.schema}, definitions in {@code
 * extension.definition}.
 */
@NullMarked
package dev.tiphys.apiserver.extension;

import org.jspecify.annotations.NullMarked;
