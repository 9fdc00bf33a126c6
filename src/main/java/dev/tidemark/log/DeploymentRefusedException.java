package dev.tidemark.log;

/**
 * Fails the deployment. It has no stack trace: the server would log it around the words that
 * matter, and they alone say what to mend.
 */
final class DeploymentRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeploymentRefusedException(String words) {
    super(words, null, false, false);
  }
}
