/**
 * The API described for machines: OpenAPI v3, a document a group version, and v2, one document, in
 * JSON and in gnostic's protobuf. Written from the types and the registry when somebody asks;
 * nothing of it stays in memory for long.
 */
@NullMarked
package dev.tiphys.apiserver.openapi;

import org.jspecify.annotations.NullMarked;
