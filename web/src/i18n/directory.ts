// The texts of people in Teams, which only who has Teams here needs: they come with the first screen that says them.
import en from 'virtual:messages/en';
import directory from 'virtual:messages/en/directory';

Object.assign(en, directory);
