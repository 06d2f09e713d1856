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

# The value that the image's Dockerfile gives an argument.
default_of() {
  sed -n "s/^ARG $1=//p" "container/$IMAGE/Dockerfile" | head -n 1
}

# Docker Hub turns away those whom it does not know after a few downloads; these registries have the same images.
node_image=public.ecr.aws/docker/library/node:24-bookworm-slim

# An engine's image is the engine alone; the runner is put on top of it.
add_runner() {
  docker build --tag engine --build-arg "$1" "container/$IMAGE"
  docker build --tag "$target" --file container/runner/Dockerfile --build-arg ENGINE_IMAGE=engine \
    --build-arg "NODE_IMAGE=$node_image" --build-arg "PREPARE=$2" .
}

case $IMAGE in
  homology)
    # Minutes of work that every machine would otherwise do before its first prediction.
    add_runner "DEBIAN=public.ecr.aws/docker/library/$(default_of DEBIAN)" \
      '/usr/bin/python3 /opt/foldpad/homology/main.py prepare --library /opt/foldpad/library --threads 4'
    docker run --rm --read-only --tmpfs /tmp --tmpfs /scratch "$target" doctor --engine homology
    ;;
  alphafold)
    add_runner "CUDA_IMAGE=nvcr.io/$(default_of CUDA_IMAGE)" true
    # Without a GPU here: AlphaFold's own code and its search programs.
    docker run --rm --entrypoint /opt/foldpad/python/bin/python "$target" /opt/foldpad/alphafold/main.py self-test
    ;;
  databases)
    docker build --tag "$target" --file container/databases/Dockerfile \
      --build-arg "NODE_IMAGE=$node_image" .
    docker run --rm "$target" --help
    ;;
  *)
    echo "There is no image called $IMAGE." >&2
    exit 1
    ;;
esac
docker push "$target"
