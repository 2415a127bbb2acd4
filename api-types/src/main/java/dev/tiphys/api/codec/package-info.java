/**
 * API values to bytes and back: JSON, protobuf with the {@code k8s} envelope, YAML. Every codec
 * walks a {@link dev.tiphys.api.schema.StructType}, so generated records and custom resources have
 * the same one. Decoding checks input from outside: limits, types, unknown and duplicate fields;
 * what is wrong is a {@link dev.tiphys.api.codec.DecodeException} with the API's text. All is pure
 * and thread-safe.
 */
@NullMarked
package dev.tiphys.api.codec;

import org.jspecify.annotations.NullMarked;
