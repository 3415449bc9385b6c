// The texts of the Teams account and of the presence rules: they come with the first page that says them.
import en from 'virtual:messages/en';
import integration from 'virtual:messages/en/integration';

Object.assign(en, integration);
