// The texts of stories and recordings: they come with the first screen that tells how a contact went.
import en from 'virtual:messages/en';
import past from 'virtual:messages/en/past';

Object.assign(en, past);
