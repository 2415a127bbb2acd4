/** Tests of the pipeline's own stages. */
@NullMarked
package dev.tiphys.apiserver.pipeline;

import org.jspecify.annotations.NullMarked;
