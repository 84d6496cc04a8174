import { Link } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { buttonClass } from './ui/button';

/** The other way to begin: from a file. */
export function ImportLink() {
  return (
    <Link to="/import" className={buttonClass()}>
      <FileUp size={15} aria-hidden="true" />
      Import a file
    </Link>
  );
}
