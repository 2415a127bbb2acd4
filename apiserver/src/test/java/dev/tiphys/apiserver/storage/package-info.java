/** What object storage promises, checked against a real etcd. */
@NullMarked
package dev.tiphys.apiserver.storage;

import org.jspecify.annotations.NullMarked;
