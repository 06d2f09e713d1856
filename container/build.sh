#!/bin/bash
# Builds one of Foldpad's images and pushes it under the tag that its sources have. CodeBuild runs it in the folder that
# holds container/ and dist/; so does anyone with Docker and an ECR repository:
#
#   IMAGE=homology REPOSITORY_URI=1234.dkr.ecr.us-east-1.amazonaws.com/foldpad/homology IMAGE_TAG=mine container/build.sh
set -euo pipefail
: "${IMAGE:?is alphafold, homology or databases}" "${REPOSITORY_URI:?is the address of a repository}"
: "${IMAGE_TAG:?is the tag to push}"

registry=${REPOSITORY_URI%%/*}
repository=${REPOSITORY_URI#*/}
target=$REPOSITORY_URI:$IMAGE_TAG
# Docker Hub turns away those whom it does not know after a few downloads; this mirror of it does not.
mirror=public.ecr.aws/docker/library

if aws ecr describe-images --repository-name "$repository" --image-ids "imageTag=$IMAGE_TAG" >/dev/null 2>&1; then
  echo "$target is there already: its sources have not changed."
  exit 0
fi
if [[ ! -f container/$IMAGE/Dockerfile ]]; then
  echo "There is no container/$IMAGE/Dockerfile in this checkout, so its image cannot be built." >&2
  echo "Take a version of Foldpad that has it, or name an image of your own in the configuration (images.$IMAGE)." >&2
  exit 1
fi
aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"

# An engine's image is the engine alone; the runner is put on top of it.
add_runner() {
  docker build --tag engine --build-arg "DEBIAN=$mirror/debian:12.12-slim" "container/$IMAGE"
  docker build --tag "$target" --file container/runner/Dockerfile --build-arg ENGINE_IMAGE=engine \
    --build-arg "NODE_IMAGE=$mirror/node:24-bookworm-slim" --build-arg "PREPARE=$1" .
}

case $IMAGE in
  homology)
    # Minutes of work that every machine would otherwise do before its first prediction.
    add_runner '/usr/bin/python3 /opt/foldpad/homology/main.py prepare --library /opt/foldpad/library --threads 4'
    docker run --rm --read-only --tmpfs /tmp --tmpfs /scratch "$target" doctor --engine homology
    ;;
  alphafold)
    add_runner true
    ;;
  databases)
    docker build --tag "$target" --file container/databases/Dockerfile \
      --build-arg "NODE_IMAGE=$mirror/node:24-bookworm-slim" .
    docker run --rm "$target" --help
    ;;
  *)
    echo "There is no image called $IMAGE." >&2
    exit 1
    ;;
esac
docker push "$target"
