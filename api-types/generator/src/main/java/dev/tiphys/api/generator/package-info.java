/**
 * A protoc plugin that turns the descriptions of Kubernetes kinds into Java: one immutable record a
 * message with its {@code StructType}, the lists of resources and kinds, and a file with the
 * documentation. {@link dev.tiphys.api.generator.Main} speaks protoc's protocol, {@link
 * dev.tiphys.api.generator.ModelReader} reads descriptors into the model, the writers turn the
 * model into text. Runs at build time only.
 */
@NullMarked
package dev.tiphys.api.generator;

import org.jspecify.annotations.NullMarked;
