@NullMarked
package dev.tiphys.apiserver.bootstrap;

import org.jspecify.annotations.NullMarked;
