/**
 * What algorithms know about API values: a {@link dev.tiphys.api.schema.Struct} is a value with
 * fields, its {@link dev.tiphys.api.schema.StructType} lists them, a {@link
 * dev.tiphys.api.schema.Field} says how each travels and merges.
 *
 * <p>Codecs, defaulting, patches, field ownership, pruning and OpenAPI are each written once
 * against these types and so serve generated records and custom resources alike. No algorithm lives
 * in this package.
 */
@NullMarked
package dev.tiphys.api.schema;

import org.jspecify.annotations.NullMarked;
