// Package compose tests docker-compose.yml and what it mounts, where no Docker is at hand: with the loader that Docker
// Compose itself uses.
package compose
